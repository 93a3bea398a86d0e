// The node tells that something changed here: the day is read again, and whoever holds the phone hears of new work.
import { listen } from "../../shared/live";
import { h, icon, say } from "./draw";
import * as outbox from "./outbox";
import { paced } from "./pace";
import type { Day, Task } from "./types";

const SHOWN = 5;

export function follow(read: () => Promise<void>): void {
  const { live, ticket } = document.body.dataset;
  if (!live || !ticket) return;
  const again = paced(read);
  listen(live, ticket, { onCases: again, onResync: again, onState: () => undefined });
}

// What was not here before and was not reported by this phone.
export async function newTasks(known: Day | undefined, fresh: Day): Promise<Task[]> {
  if (!known) return [];
  const here = new Set([...known.tasks.map((one) => one.number), ...(await outbox.all()).map((item) => item.number)]);
  return fresh.tasks.filter((one) => !here.has(one.number));
}

export function tellOf(tasks: readonly Task[]): void {
  if (!tasks.length) return;
  let note = document.querySelector<HTMLElement>("main [data-new]");
  if (!note) {
    note = h("div", { class: "note soon", role: "status", "data-new": "" });
    document.querySelector("main")?.prepend(note);
  }
  note.prepend(...tasks.map(line));
  while (note.children.length > SHOWN) note.lastElementChild?.remove();
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([200, 100, 200]);
}

function line(task: Task): HTMLElement {
  return h("p", {}, h("a", { href: `/field/cases/${task.number}/` }, icon("inbox"), say("new-task", { title: task.title })));
}
