/**
 * What kutti loses of images, where no other driver does: section 2.3 of the study of its Hyper-V driver.
 *
 * @module
 */

import { type Mutant, onImages } from "../mutant.ts";
import { withMembers } from "../../engine/tracker.ts";

/** The mutants. */
export const IMAGE_MUTANTS: readonly Mutant[] = [
  {
    id: "hyperv-vanished-image-stays",
    breaks: "image.orphan",
    why: "An entry that vanishes from the list takes with it all that kutti knows of the file",
    mutate: onImages((images) => ({
      get: async (version, options) => {
        const image = await images.get(version, options);
        return withMembers(image, {
          purge: async (options) => {
            if ((await images.versions(options)).includes(version)) return image.purge(options);
            return { changed: false };
          },
        });
      },
    })),
  },
];
