/** Loads MNIST in a process of its own: `mnist-child.ts <folder> <mirror>`; prints where it is from. */
import { loadMnist } from '../../lib/data/mnist';

const [folder, mirror] = process.argv.slice(2);
loadMnist({ folder, mirrors: [mirror], source: 'full', onProgress: () => {} }).then(
  ({ source, train, test }) => console.log(`${source} ${train.count} ${test.count}`),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
