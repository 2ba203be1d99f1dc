#include "analysis/store/cache.h"

#include <fmt/format.h>

#include <optional>

#include "base/error.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

struct CacheArguments {
  std::string db = "results.db";
  bool clear = false;
  std::optional<std::string> limit;
  bool json = false;
};

std::string bytes_text(std::int64_t bytes) {
  constexpr double kilo = 1e3, mega = 1e6, giga = 1e9;
  const auto count = static_cast<double>(bytes);
  if (count >= giga) return fmt::format("{:.3g} GB", count / giga);
  if (count >= mega) return fmt::format("{:.3g} MB", count / mega);
  if (count >= kilo) return fmt::format("{:.3g} kB", count / kilo);
  return fmt::format("{} B", bytes);
}

void cache(const CacheArguments& arguments, const Invocation& invocation) {
  std::optional<std::int64_t> gone;
  if (arguments.clear) gone = analysis::clear_cache(arguments.db);
  if (arguments.limit)
    gone = gone.value_or(0) + analysis::limit_cache(arguments.db, static_cast<std::int64_t>(parse_bytes("--size-limit", *arguments.limit)));
  const analysis::CacheContents contents = analysis::cache_contents(arguments.db);
  std::int64_t bytes = 0;
  for (const analysis::CachedKind& kind : contents.kinds) bytes += kind.bytes;
  if (arguments.json) {
    base::Json json;
    json["limit_bytes"] = contents.limit;
    json["bytes"] = bytes;
    json["deleted"] = gone.value_or(0);
    base::Json::Array kinds;
    for (const analysis::CachedKind& kind : contents.kinds) {
      base::Json one;
      one["kind"] = kind.kind;
      one["entries"] = kind.entries;
      one["bytes"] = kind.bytes;
      one["seconds"] = kind.seconds;
      one["last_used"] = kind.last_used;
      kinds.push_back(one);
    }
    json["kinds"] = kinds;
    return print_json(invocation, std::nullopt, json);
  }
  std::string text;
  if (gone) text += fmt::format("{} deleted\n", *gone);
  text += fmt::format("the cache of {} holds {} of at most {}\n", arguments.db, bytes_text(bytes), bytes_text(contents.limit));
  if (!contents.kinds.empty()) {
    using Align = Table::Align;
    Table table({Align::left, Align::right, Align::right, Align::right, Align::right});
    table.add({"kind", "entries", "size", "took", "last used"});
    for (const analysis::CachedKind& kind : contents.kinds) {
      table.add({kind.kind, std::to_string(kind.entries), bytes_text(kind.bytes), fmt::format("{:.3g} s", kind.seconds), kind.last_used});
    }
    text += "\n" + table.text();
  }
  print_text(text);
}

Action read_cache_line(Options& options) {
  CacheArguments arguments;
  options.flag("--clear", arguments.clear, "delete the whole cache, and free its space");
  options.text("--size-limit", arguments.limit, "size limit of the cache from now on; the entries used longest ago are deleted", "SIZE (1 GB)");
  options.output("--db", arguments.db, "database of results; its cache", "a database");
  add_json(options, arguments.json);
  options.read();
  if (arguments.clear && arguments.limit) usage("--clear and --size-limit: do one after the other");
  if (arguments.limit) static_cast<void>(parse_bytes("--size-limit", *arguments.limit));
  return [arguments](const Invocation& invocation) { cache(arguments, invocation); };
}

}  // namespace

Verb db_cache_verb() {
  return {.name = "db cache",
          .sentence = "list, clear or limit the cache: computed results that later runs take from the database",
          .examples = {{"mho db cache", "its contents, and the time to compute them"}, {"mho db cache --size-limit 200MB", "limit its size"}},
          .read = read_cache_line};
}

}  // namespace mho::cli
