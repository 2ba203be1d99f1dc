#pragma once

#include <string>

#include "cli/command_line.h"
#include "cli/options.h"

namespace mho::cli {

/// What each verb takes: declares its options, reads the line, checks what goes together. Throw what Options::read() throws.
Command run_command(Options& options);
Command simulate_command(Options& options);
Command retrain_command(Options& options);
Command network_command(Options& options);
Command export_command(Options& options);
Command import_command(Options& options);
Command tile_command(Options& options);
Command noc_command(Options& options);
Command sensitivity_command(Options& options);
Command mvm_command(Options& options);
Command wires_command(Options& options);
Command describe_command(Options& options);
Command validate_command(Options& options);

/// Each verb prints its result on standard output and throws base::UserError otherwise.

/// Evaluates, maps, simulates and stores one network. `command_line`: as typed, for the database.
void run(const RunArguments& arguments, const std::string& command_line);
/// Maps one network and runs the chip cycle by cycle, without accuracy; stores what came out. `command_line` as for run.
void simulate(const SimulateArguments& arguments, const std::string& command_line);
/// Trains a network with the tile model in its forward pass and writes it as ONNX. `command_line` as for run.
void retrain(const RetrainArguments& arguments, const std::string& command_line);
/// Prints declared parameters: name, type, unit, default, range, sentence, source.
void describe(const DescribeArguments& arguments);
/// Checks a design file and says what differs from the defaults.
void validate(const ValidateArguments& arguments);
/// Studies one tile of a design: errors by source and over time.
void tile(const TileArguments& arguments);
/// Synthetic traffic on the network of a design: latency and accepted load over the load offered.
void noc(const NocArguments& arguments);
/// What a network bears of every nonideality alone, or what every layer alone costs; a row in the database.
void sensitivity(const SensitivityArguments& arguments, const std::string& command_line);
/// Products of a matrix and vectors from files through the tiles of a design, into a file.
void mvm(const MvmArguments& arguments);
/// Prints a network layer by layer: shapes, weights, multiply-accumulates, analog or digital and why.
void network(const NetworkArguments& arguments);
/// Writes what every device of every tile is to be programmed to.
void export_conductances(const ExportArguments& arguments);
/// Exact currents of a crossbar with resistive lines, into a file.
void wires(const WiresArguments& arguments);

}  // namespace mho::cli
