/** tslab's TypeScript as the course's kernel changes it, on files in memory. tslab's converter gets it in place of its own. */

/** @type {any} */
const ts = require('@tslab/typescript-for-tslab');
const { withCourseTransforms } = require('../../../../kernel/core/transforms');
const { readMap } = require('./source-map');
const { root, system } = require('./virtual-files');

// Before the transforms copy what it has.
ts.setSys(system);

const decode = (/** @type {string} */ base64) =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

const transforms = withCourseTransforms(ts, {
  readMap,
  decode,
  folder: root,
  declarations: [`${root}/kernel/globals.d.ts`],
  canImport: () => false,
  // The library was checked when the book was made, and comes compiled.
  kept: {
    read: () => ({
      key: '',
      name: '',
      code: '',
      outputText: '',
      sourceMapText: '',
      form: 'function',
      imports: [],
      variables: [],
    }),
    write() {},
    hash: () => '',
  },
});

module.exports = { ts, transforms };
