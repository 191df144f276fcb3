// The parsers of npm at our feeds: `node with_npm.mjs PARSER MODULES`, addresses on standard input.
// Prints a line of JSON an entry: the feed's address, the entry's title, link and date.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [parser, modules] = process.argv.slice(2);
const require = createRequire(`${modules}/package.json`);

const alternate = (links) => (links ?? []).find((one) => one.rel === "alternate")?.href;

function withFeedsmith(text) {
  const { feed } = require("feedsmith").parseFeed(text);
  return (feed.items ?? feed.entries).map((one) => ({
    title: one.title,
    link: one.url ?? one.link ?? alternate(one.links),
    date: one.date_published ?? one.pubDate ?? one.published,
  }));
}

async function withRssParser(text) {
  const Parser = require("rss-parser");
  const feed = await new Parser().parseString(text);
  return feed.items.map((one) => ({ title: one.title, link: one.link, date: one.isoDate }));
}

const parse = parser === "feedsmith" ? withFeedsmith : withRssParser;
for (const address of readFileSync(0, "utf-8").split("\n").filter(Boolean)) {
  const text = await (await fetch(address)).text();
  for (const one of await parse(text)) {
    const title = typeof one.title === "object" ? one.title?.value : one.title;
    const date = Math.floor(new Date(one.date).getTime() / 1000);
    console.log(JSON.stringify({ feed: address, title, link: one.link, date }));
  }
}
