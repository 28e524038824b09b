import js from "@eslint/js";
import compat from "eslint-plugin-compat";
import globals from "globals";

import browsers from "./browsers.mjs";

export default [
  js.configs.recommended,
  compat.configs["flat/recommended"],
  {
    languageOptions: {
      ecmaVersion: 5,
      sourceType: "script",
      globals: { ...globals.browser, htmx: "readonly" },
    },
    // The compatibility data means body in other documents than HTML pages.
    settings: { browsers, polyfills: ["document.body"] },
    rules: { eqeqeq: "error", "no-eval": "error", "no-implied-eval": "error" },
  },
];
