// How the units of a TimedExecution pass positions on: vector units, ports, drivers, arrays, converters and output stages, with the rules of their
// modules (hw/cores).
#include <algorithm>
#include <utility>

#include "hw/estimate/timed_execution.h"

namespace mho::hw {

// Shared units.

void TimedExecution::push(std::int64_t time, int server, int client) {
  agenda_.push_back({.time = time, .order = order_++, .server = server, .client = client});
  std::ranges::push_heap(agenda_, [](const Entry& a, const Entry& b) { return a.time != b.time ? a.time > b.time : a.order > b.order; });
}

/// From `time` on the unit accepts new work.
void TimedExecution::opened(int number, std::int64_t time) {
  Server& server = servers_[static_cast<std::size_t>(number)];
  server.open = true;
  server.free = time;
  if (!server.waiting.empty() && !std::exchange(server.announced, true)) push(time, number, -1);
}

void TimedExecution::handle(const Entry& entry) {
  Server& server = servers_[static_cast<std::size_t>(entry.server)];
  if (entry.client < 0) {
    server.announced = false;
  } else {
    server.waiting.push_back(entry.client);
  }
  if (!server.open || server.waiting.empty()) return;
  if (server.free > entry.time) {
    if (!std::exchange(server.announced, true)) push(server.free, entry.server, -1);
    return;
  }
  auto chosen = server.waiting.begin();
  const bool longest = server.kind == Server::Kind::vector_unit || server.kind == Server::Kind::converters;
  if (!longest && server.waiting.size() > 1) {
    const std::size_t clients = server.clients.size();
    const auto after_last = [&](int client) { return (static_cast<std::size_t>(client) + clients - server.last - 1) % clients; };
    chosen = std::ranges::min_element(server.waiting, {}, after_last);
  }
  const auto client = static_cast<std::size_t>(*chosen);
  server.waiting.erase(chosen);
  server.last = client;
  serve(entry.server, client, entry.time);
}

void TimedExecution::serve(int number, std::size_t client, std::int64_t time) {
  Server& server = servers_[static_cast<std::size_t>(number)];
  const int chosen = server.clients[client];
  if (server.kind == Server::Kind::converters) {
    Tile& tile = tiles_[static_cast<std::size_t>(chosen)];
    Bank& bank = banks_[static_cast<std::size_t>(tile.bank)];
    bank.converting = chosen;
    bank.converters_until = time + stages_[static_cast<std::size_t>(tile.held->stage)].time.converters;
    works(tile.held->stage, converters, time, bank.converters_until);
    server.open = false;
    return wake(tile.stages.front());
  }
  TimedStage& stage = stages_[static_cast<std::size_t>(chosen)];
  asked_[static_cast<std::size_t>(chosen)] = 0;
  const std::int64_t inputs = inputs_there(chosen), position = stage.started;
  if (server.kind == Server::Kind::drivers) {
    Tile& tile = tiles_[static_cast<std::size_t>(tile_of_[static_cast<std::size_t>(chosen)])];
    stage.idle_since = tile.drivers_free;
    begin(chosen, inputs, time);
    tile.in_drivers = {chosen, position};
    tile.drivers_until = time + stage.time.drivers;
    works(chosen, drivers_or_only, time, tile.drivers_until);
    server.open = false;
    return wake(chosen);
  }
  begin(chosen, inputs, time);
  const std::int64_t done = time + stage.time.unit;
  works(chosen, drivers_or_only, time, done);
  stage.idle_since = done;
  if (server.kind == Server::Kind::port_out) {
    computed(chosen, done);
    complete(chosen, done);
  } else if (server.kind == Server::Kind::port_in) {
    offer(chosen, done + static_cast<std::int64_t>(base::Clock::from(chip_.clock).cycles(chip_.port.latency)) * stage.period);
  } else {
    computed(chosen, done);
    offer(chosen, done);
  }
  opened(number, done);
  wake(chosen);
}

/// Advances one stage on a vector unit or a port.
void TimedExecution::advance_unit(int number) {
  TimedStage& stage = stages_[static_cast<std::size_t>(number)];
  const int own = server_of_[static_cast<std::size_t>(number)];
  Server& server = servers_[static_cast<std::size_t>(own)];
  const bool alone = server.clients.size() == 1 && server.kind != Server::Kind::port_in;
  while (asked_[static_cast<std::size_t>(number)] == 0) {
    const std::int64_t inputs = inputs_there(number);
    if (inputs == unknown) return;
    std::int64_t room = stage.room(stage.started);
    if (room == unknown) {
      stage.wants_room = true;
      return;
    }
    // A port with a single client needs room only when it has read the position.
    if (server.kind == Server::Kind::port_in && server.clients.size() == 1 && chip_.port.latency.si() == 0) room -= stage.time.unit;
    const std::int64_t ready = std::max(inputs, room);
    if (alone) {
      serve(own, 0, std::max(ready, server.free));
    } else {
      asked_[static_cast<std::size_t>(number)] = 1;
      push(ready, own, client_of_[static_cast<std::size_t>(number)]);
    }
  }
}

// Analog cores.

void TimedExecution::advance_tile(int number) {
  Tile& tile = tiles_[static_cast<std::size_t>(number)];
  Bank& bank = banks_[static_cast<std::size_t>(tile.bank)];
  const bool alone = tile.drivers < 0 && bank.server < 0;
  bool moved = true;
  while (moved) {
    if (alone && !tile.in_drivers && !tile.in_array && !tile.held && !bank.in_scale && pass(tile, bank)) return;
    moved = advance_bank(tile.bank);
    if (tile.held && !tile.in_turn && ask_converters(number)) moved = true;
    if (tile.in_array && !tile.held && !tile.sampled) {
      tile.held_since = std::max(tile.array_until, tile.held_free);
      tile.held = tile.in_array;
      tile.sampled = moved = true;
      if (bank.pipelined) {
        tile.array_free = tile.held_since;
        leave_array(tile);
      }
    }
    if (tile.in_drivers && !tile.in_array) {
      const std::int64_t begins = std::max(tile.drivers_until, tile.array_free);
      tile.in_array = std::exchange(tile.in_drivers, std::nullopt);
      tile.array_until = begins + stages_[static_cast<std::size_t>(tile.in_array->stage)].time.array;
      works(tile.in_array->stage, array, begins, tile.array_until);
      tile.drivers_free = begins;
      if (tile.drivers >= 0) opened(tile.drivers, begins);
      moved = true;
    }
    if ((tile.drivers >= 0 || !tile.in_drivers) && drive(tile)) moved = true;
  }
}

/// Passes positions through an empty tile without shared units, from its drivers to the output buffer in one step. True if the inputs of the next
/// position have not arrived.
bool TimedExecution::pass(Tile& tile, Bank& bank) {
  const int number = tile.stages.front();
  TimedStage& stage = stages_[static_cast<std::size_t>(number)];
  while (true) {
    const std::int64_t inputs = inputs_there(number);
    if (inputs == unknown) return true;
    const std::int64_t room = stage.room(stage.finished);
    if (room == unknown) return false;
    const std::int64_t inference = stage.inference, driven = std::max(inputs, tile.drivers_free);
    stage.idle_since = tile.drivers_free;
    begin(number, inputs, driven);
    works(number, drivers_or_only, driven, driven + stage.time.drivers);
    const std::int64_t read = std::max(driven + stage.time.drivers, tile.array_free);
    works(number, array, read, read + stage.time.array);
    tile.drivers_free = read;
    const std::int64_t held = std::max(read + stage.time.array, tile.held_free);
    works(number, converters, held, held + stage.time.converters);
    const std::int64_t converted = std::max(held + stage.time.converters, bank.scale_free);
    tile.held_free = converted;
    tile.array_free = bank.pipelined ? held : converted;
    computed(number, tile.array_free);
    const std::int64_t scaled = converted + stage.time.scale;
    works(number, scale, converted, scaled);
    bank.scale_free = std::max(scaled, room);
    if (room > scaled) waits_of(inference).output[static_cast<std::size_t>(number)] += room - scaled;
    offer(number, bank.scale_free);
  }
}

/// Passes the charges of the capacitors to the converters, or requests a turn if the converters are shared. True if the conversion has begun.
bool TimedExecution::ask_converters(int number) {
  Tile& tile = tiles_[static_cast<std::size_t>(number)];
  Bank& bank = banks_[static_cast<std::size_t>(tile.bank)];
  TimedStage& stage = stages_[static_cast<std::size_t>(tile.held->stage)];
  if (bank.server < 0) {
    if (bank.converting >= 0) return false;
    bank.converting = number;
    bank.converters_until = tile.held_since + stage.time.converters;
    works(tile.held->stage, converters, tile.held_since, bank.converters_until);
    return tile.in_turn = true;
  }
  // If drivers are shared, the position already has its place in the output buffer.
  const std::int64_t room = tile.drivers >= 0 ? 0 : stage.room(tile.held->position);
  if (room == unknown) {
    stage.wants_room = true;
    return false;
  }
  if (room > tile.held_since)
    waits_of(tile.held->position / stage.positions).output[static_cast<std::size_t>(tile.held->stage)] += room - tile.held_since;
  tile.in_turn = true;
  const auto client = std::ranges::find(bank.tiles, number) - bank.tiles.begin();
  push(std::max(tile.held_since, room), bank.server, static_cast<int>(client));
  return false;
}

void TimedExecution::leave_array(Tile& tile) {
  tile.sampled = false;
  computed(std::exchange(tile.in_array, std::nullopt)->stage, tile.array_free);
}

/// Passes the next position to the drivers, or requests a turn if several stages share them.
bool TimedExecution::drive(Tile& tile) {
  for (const int number : tile.stages) {
    if (asked_[static_cast<std::size_t>(number)] != 0) continue;
    TimedStage& stage = stages_[static_cast<std::size_t>(number)];
    const std::int64_t inputs = inputs_there(number);
    if (inputs == unknown) continue;
    if (tile.drivers < 0) {
      const std::int64_t position = stage.started, when = std::max(inputs, tile.drivers_free);
      stage.idle_since = tile.drivers_free;
      begin(number, inputs, when);
      tile.in_drivers = {number, position};
      tile.drivers_until = when + stage.time.drivers;
      works(number, drivers_or_only, when, tile.drivers_until);
      return true;
    }
    const std::int64_t room = stage.room(stage.started);
    if (room == unknown) {
      stage.wants_room = true;
      continue;
    }
    asked_[static_cast<std::size_t>(number)] = 1;
    push(std::max(inputs, room), tile.drivers, client_of_[static_cast<std::size_t>(number)]);
  }
  return false;
}

bool TimedExecution::advance_bank(int number) {
  Bank& bank = banks_[static_cast<std::size_t>(number)];
  bool moved = false;
  if (bank.in_scale) {
    TimedStage& stage = stages_[static_cast<std::size_t>(bank.in_scale->stage)];
    const std::int64_t room = bank.has_place ? 0 : stage.room(stage.finished);
    if (room == unknown) {
      stage.wants_room = true;
    } else {
      bank.scale_free = std::max(bank.scale_until, room);
      if (room > bank.scale_until)
        waits_of(stage.finished_inference).output[static_cast<std::size_t>(bank.in_scale->stage)] += room - bank.scale_until;
      offer(std::exchange(bank.in_scale, std::nullopt)->stage, bank.scale_free);
      moved = true;
    }
  }
  if (bank.converting >= 0 && !bank.in_scale) {
    Tile& tile = tiles_[static_cast<std::size_t>(bank.converting)];
    const std::int64_t converted = std::max(bank.converters_until, bank.scale_free);
    bank.in_scale = std::exchange(tile.held, std::nullopt);
    bank.has_place = tile.drivers >= 0 || bank.server >= 0;
    bank.scale_until = converted + stages_[static_cast<std::size_t>(bank.in_scale->stage)].time.scale;
    works(bank.in_scale->stage, scale, converted, bank.scale_until);
    bank.converting = -1;
    tile.in_turn = false;
    tile.held_free = converted;
    if (!bank.pipelined) {
      tile.array_free = converted;
      leave_array(tile);
    }
    if (bank.server >= 0) {
      opened(bank.server, converted);
      wake(tile.stages.front());
    }
    moved = true;
  }
  return moved;
}

}  // namespace mho::hw
