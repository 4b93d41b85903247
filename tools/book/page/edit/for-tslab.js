/** What tslab's converter gets when it asks for its TypeScript. */
module.exports = require('./transformed').transforms.typescript;
