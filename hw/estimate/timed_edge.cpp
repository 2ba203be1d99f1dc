#include "hw/estimate/timed_edge.h"

#include <algorithm>

#include "hw/cores/channel.h"

namespace mho::hw {

TimedEdge::TimedEdge(const Edge& edge, int producer_positions, int consumer_positions, bool boundless)
    : edge_(&edge),
      needs_(edge.needs->data()),
      releases_(edge.releases->data()),
      producer_positions_(producer_positions),
      consumer_positions_(consumer_positions),
      positions_(edge.positions(producer_positions)),
      capacity_(boundless ? positions_ : edge.capacity),
      coalesce_(boundless ? positions_ + 1 : credits_at_once(edge)),
      next_(edge.carried ? edge.carried->front() : 0),
      granted_(capacity_),
      grant_{.until = capacity_, .time = 0},
      arrivals_(capacity_ + 1) {}

}  // namespace mho::hw
