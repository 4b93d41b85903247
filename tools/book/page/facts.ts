/** What the build knows of the notebooks of a book, for what their pages offer. */

/** How many bytes are sent for digits. */
export interface DigitBytes {
  /** for all of them */
  all: number;
  /** for the first ones, see `few-digits.ts` */
  few: number;
}

/** Notebooks by their names in the book: `zh/07-mnist-model`. */
export interface NotebookFacts {
  /** those that compute with tensors, which can be done in several ways */
  tensors: string[];
  /** those that load digits */
  digits: string[];
  /** absent where no notebook loads any */
  digitBytes?: DigitBytes;
}

/** What of it matters to one page. */
export interface PageFacts {
  /** its name in the book */
  notebook: string;
  tensors: boolean;
  /** absent where the notebook loads no digits */
  digitBytes?: DigitBytes;
}

/** @param notebook - its name in the book */
export function factsOf(notebook: string, { tensors, digits, digitBytes }: NotebookFacts): PageFacts {
  return {
    notebook,
    tensors: tensors.includes(notebook),
    ...(digits.includes(notebook) && { digitBytes }),
  };
}
