/** The former place of the pictures' door. */
export { findChromium } from './pictures';
