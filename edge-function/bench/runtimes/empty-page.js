// A page that does nothing but say so.

await fetch("/result", { method: "POST", body: "{}" });
