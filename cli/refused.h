#pragma once

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "analysis/store/store.h"

namespace mho::cli {

/// What `compute` returns. A UserError that it throws, but for an interrupt, is first stored as a run that was refused, where the database exists:
/// `run` says of what, `info()` how it was asked for. A database that does not take the row hides no reason.
template <class Info, class Compute>
auto or_refused(const analysis::Store& store, const analysis::Design& design, analysis::RefusedRun run, const Info& info, const Compute& compute) {
  const auto begin = std::chrono::steady_clock::now();
  try {
    return compute();
  } catch (const base::UserError& error) {
    std::error_code ignored;
    if (error.code() == base::ExitCode::interrupted || !std::filesystem::exists(store.path(), ignored)) throw;
    run.reason = error.what();
    run.exit_code = error.code();
    run.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    try {
      store.add(design, run, info());
    } catch (const base::UserError&) {
    }
    throw;
  }
}

}  // namespace mho::cli
