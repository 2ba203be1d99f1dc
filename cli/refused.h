#pragma once

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "analysis/store/store.h"

namespace mho::cli {

/// Returns what `compute` returns. If it throws a UserError other than an interrupt, the error is stored as a refused run if the database exists, and
/// rethrown. `run` describes the run, `info()` how it was requested. A failure to store the row is ignored.
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
