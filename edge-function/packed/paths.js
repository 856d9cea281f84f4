// Where things are.

/** This folder. */
export const FOLDER = new URL(".", import.meta.url);
/** The package. */
export const PACKAGE = new URL("..", FOLDER);

export const npm = process.platform === "win32" ? "npm.cmd" : "npm";
