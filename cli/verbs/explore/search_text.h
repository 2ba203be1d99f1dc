#pragma once

#include <string>

#include "analysis/search/search_report.h"
#include "base/json.h"

namespace mho::cli {

/// The results of a search as tables, and as JSON.
std::string search_text(const analysis::SearchReport& report);
base::Json search_json(const analysis::SearchReport& report);

}  // namespace mho::cli
