/** The files of the project that come with the pages: `files.json`. */

/** One file of the server; it may hold many of the project's. */
export interface SiteBlob {
  /** what it is, for the reader who waits for it */
  title: string;
  /** its address, from the folder of the runtime on; its name comes from its hash */
  at: string;
  bytes: number;
  /** of the bytes that the server sends */
  sha256: string;
  /** `file`: one file as it is, or compressed where its reader takes both; `pack`: JSON of texts by path, compressed */
  form: 'file' | 'pack';
}

/** What there is. */
export interface SiteIndex {
  blobs: SiteBlob[];
  /** for each path in the project its blob's place in the list */
  files: Record<string, number>;
  /** the same for those that have another blob where the reader has chosen fewer digits, see `few-digits.ts` */
  few: Record<string, number>;
}
