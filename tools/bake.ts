/** The former place of the pictures' door. */
export { findChromium, openBaker, whyNotBake } from './pictures';
