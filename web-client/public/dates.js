// A worker of src/app/dates.ts: makes the first words of a date, in the place of the page.
new Intl.DateTimeFormat().format(0);
postMessage(null);
