/** What the editor says to a reader, in the language of the page. */
export { say } from '../say';
