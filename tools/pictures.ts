/**
 * Pictures of figures: drawn in a headless Chromium by the plotly.js of JupyterLab, written as PNGs of
 * few colours, stored beside the figures of a notebook.
 *
 * @example
 * const baker = await openBaker();
 * await baker.bake(notebook);
 * await baker.close();
 */
export { openBaker } from './pictures/bake';
export { openChromium, whyNoChromium, whyNotBake } from './pictures/chromium';
export { writeThumbnails } from './pictures/thumbnails';
