import browsers from "./browsers.mjs";

// Where a browser does not know these, the page merely looks a little plainer.
const onlyImprove = [
  "css-color-adjust",
  "css-featurequeries",
  "css-file-selector-button",
  "css-print-color-adjust",
  "css-resize",
  "css-snappoints",
  "css-sticky",
  "font-variant-numeric",
  "mdn-text-decoration-shorthand",
  "text-size-adjust",
];

export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  // paper.css is read by WeasyPrint alone.
  ignoreFiles: ["../portal/static/css/paper.css"],
  rules: {
    "block-no-empty": true,
    "color-no-invalid-hex": true,
    "declaration-block-no-duplicate-custom-properties": true,
    "declaration-block-no-duplicate-properties": [
      true,
      { ignore: ["consecutive-duplicates-with-different-values"] },
    ],
    "no-duplicate-selectors": true,
    "no-invalid-double-slash-comments": true,
    "property-no-unknown": true,
    "selector-pseudo-class-no-unknown": true,
    "unit-no-unknown": true,
    "plugin/no-unsupported-browser-features": [
      true,
      { browsers, ignorePartialSupport: true, ignore: onlyImprove },
    ],
  },
};
