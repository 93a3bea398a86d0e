// On the page of signing in, nobody's work is left on the phone. What is unsent waits for its own account.
for (const key of Object.keys(localStorage)) if (key.startsWith("walk-")) localStorage.removeItem(key);
const opened = indexedDB.open("gezhi-field", 1);
opened.addEventListener("upgradeneeded", () => opened.transaction?.abort());
opened.addEventListener("success", () => {
  const kept = opened.result;
  if (kept.objectStoreNames.contains("day")) kept.transaction("day", "readwrite").objectStore("day").clear();
  kept.close();
});
