/**
 * The images of a driver, shared by every adapter that has an image cache: the list, the cache of
 * verified files, and downloads.
 *
 * @module
 */
export * from "./store.ts";
