// The oldest browsers that must work: linters stand for those that can no longer be installed.
export default ["ie 11", "chrome 49", "firefox 52"];
