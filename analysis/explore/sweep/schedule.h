#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analysis/explore/point_store.h"

namespace mho::analysis {

/// Key of the group of points that have the same accuracy, judged by the names of their keys.
std::string sharing_group(const NumberedPoint& point);

/// Key of the group of points that have the same mapping and the same events on the chip, judged by the names of their keys, if the bits of
/// converters take no time (tile.adc.timing).
std::string chip_group(const NumberedPoint& point);

/// Order in which points are handed out. Points that share a computation by way of the database are a group: its first point runs alone, and the
/// others wait until it is stored. Points with the same mapping follow each other, because a worker remembers mappings.
class Schedule {
 public:
  /// `group_of`: group of a point; null: points share nothing by way of the database. `largest`: most points handed out at once. `together`: points
  /// with the same mapping are handed to the same worker, because the other work on them is short.
  Schedule(std::vector<NumberedPoint> points, std::function<std::string(const NumberedPoint&)> group_of, int jobs, std::size_t largest,
           bool together = false);
  /// The next points for a worker; empty: none now.
  std::vector<NumberedPoint> next();
  /// Reports the time of an evaluated point, which sets how many points are handed out at once.
  void evaluated(double seconds);
  /// Reports a stored point: the other points of its group may be handed out.
  void stored(const NumberedPoint& point);
  /// Takes back points that were handed out and must be handed out again.
  void returned(std::vector<NumberedPoint> points);

 private:
  enum class State { fresh, led, open };
  /// Place of a point in the order: the first point with the same mapping, its own number.
  using Place = std::pair<std::int64_t, std::int64_t>;
  struct Group {
    State state = State::fresh;
    std::map<Place, NumberedPoint> waiting{};
  };
  [[nodiscard]] std::string group_of(const NumberedPoint& point) const { return group_of_ ? group_of_(point) : ""; }
  [[nodiscard]] std::size_t share() const;

  std::function<std::string(const NumberedPoint&)> group_of_;
  std::size_t jobs_, largest_;
  bool together_;
  std::size_t waiting_ = 0;
  std::map<std::string, Group> groups_;
  std::map<std::string, std::int64_t> first_;             ///< by chip_group: its first point
  std::set<std::pair<Place, std::string>> fresh_, open_;  ///< groups with points that may be handed out, by their first point
  double seconds_ = 0;
  std::int64_t done_ = 0;
};

}  // namespace mho::analysis
