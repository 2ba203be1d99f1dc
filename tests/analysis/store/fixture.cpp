#include "tests/analysis/store/fixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

namespace mho::analysis::test {

std::string DatabaseTest::query(const std::string& sql) const {
  SQLite::Database database(path_);
  return database.execAndGet(sql).getString();
}

void DatabaseTest::execute(const std::string& sql) const {
  SQLite::Database database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(sql);
}

}  // namespace mho::analysis::test
