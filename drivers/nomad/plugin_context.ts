/**
 * What the suite tells a plugin of ours that it starts, beside what every host tells. Plugins of another
 * make never see it: it is in their environment, and they do not look.
 *
 * @module
 */

/** The variable that holds it, as JSON. */
export const CONTEXT_KEY = "VMTCK_PLUGIN_CONTEXT";

/** It. Nothing in it is a secret. */
export interface PluginContext {
  /** Whose tasks; a label. */
  readonly owner: string;
  /** Where the image list is. */
  readonly imagesUrl: string;
  /** The driver's cache directory. */
  readonly cacheDir: string;
  /** The driver's config directory. */
  readonly configDir: string;
  /** The user's settings for the driver. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where the seam is that the driver has to stand on; its own if absent. */
  readonly backend?: string;
}

/** Reads it; undefined if a host of another make started the plugin. @throws {TypeError} */
export function readContext(text: string | undefined): PluginContext | undefined {
  if (text === undefined || text === "") return undefined;
  const value: unknown = JSON.parse(text);
  const isText = (key: keyof PluginContext): boolean =>
    typeof (value as Record<string, unknown> | null)?.[key] === "string";
  if (["owner", "imagesUrl", "cacheDir", "configDir"].every((key) => isText(key as "owner"))) {
    return value as PluginContext;
  }
  throw new TypeError(`The variable "${CONTEXT_KEY}" holds no context of a plugin`);
}
