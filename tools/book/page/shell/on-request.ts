/** What a browser does not keep before a page has asked for it, since few readers have a use for it. */

/** The folder of what computes on a graphics card, in that of the runtime. */
export const placeOfWebGpu = 'webgpu';

/** @param file - seen from the book's folder */
export const isOnRequest = (file: string): boolean => file.startsWith(`run/${placeOfWebGpu}/`);
