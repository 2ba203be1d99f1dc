#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/design_file/config.h"

namespace mho::analysis {

/// A condition on a point: an expression of SQL in which keys of the design are their numbers, in their declared units, or words:
/// "chip.mesh.width * chip.mesh.height <= 48 AND tile.dac.coding = 'pulse_width'". Division of whole numbers gives fractions.
class Constraint {
 public:
  /// Throws UserError that begins with `where`: an expression that SQLite does not take, a key that does not exist, with the nearest spelling.
  Constraint(std::string text, const base::Declarations& declarations, const std::string& where);
  ~Constraint();
  Constraint(Constraint&&) noexcept;
  Constraint& operator=(Constraint&&) = delete;

  [[nodiscard]] const std::string& text() const { return text_; }
  /// The keys it speaks of, in order.
  [[nodiscard]] const std::vector<std::string>& keys() const { return keys_; }
  /// Whether it holds for these values of keys(), in their order. Throws UserError where it is neither true nor false for them.
  [[nodiscard]] bool holds(const std::vector<base::Value>& values) const;

 private:
  struct Prepared;
  std::string text_;
  std::string where_;
  std::vector<std::string> keys_;
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace mho::analysis
