// What was being written has been sent: nothing of it stays in the browser.
import { forget } from "./parts/draft";
import "./parts/print";

if (document.querySelector("[data-sent]")) forget();
