/** The page: it starts the worker, gives what that says to the store, and shows the store. */
import "uplot/dist/uPlot.min.css";
import "./style.css";
import { render } from "preact";
import { Store } from "./model/store.js";
import { App } from "./view/app.js";
import { Link } from "./link.js";
import { applyTheme, storedTheme } from "./view/theme.js";

applyTheme(storedTheme());
const store = new Store();
const link = new Link(store);
const place = document.getElementById("page");
if (place) render(<App store={store} link={link} />, place);
if (location.protocol !== "file:") {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  link.connect(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws?token=${encodeURIComponent(token)}`);
  addEventListener("hashchange", () => location.reload());
}
