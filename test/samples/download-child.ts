/** Downloads a file in a process of its own: `download-child.ts <address> <destination>`. */
import { download } from '../../lib/data/download';

const [address, destination] = process.argv.slice(2);
download({
  addresses: [address],
  destination,
  findFault: (bytes) => (bytes.length === 300_000 ? undefined : `it holds ${bytes.length} bytes`),
  mostBytes: 400_000,
  onProgress: ({ received }) => console.log(received),
}).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
