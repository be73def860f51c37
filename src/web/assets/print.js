// The print button of printable pages.
"use strict";
document.getElementById("print-page").addEventListener("click", () => window.print());
