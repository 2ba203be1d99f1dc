#pragma once

#include <string>

#include "analysis/search/search_report.h"
#include "base/json.h"

namespace mho::cli {

std::string search_text(const analysis::SearchReport& report);
base::Json search_json(const analysis::SearchReport& report);

}  // namespace mho::cli
