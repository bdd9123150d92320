#pragma once

// What every batch begins with: a coder that has already read a few hundred events of a post that
// never was. schema/dictionary.bin is those events, itself coded as a batch, and reading it primes
// the model. It is made by titip-train-dictionary from the tests' generator, never from people's
// data. Both ends must hold the same one: another dictionary is another format byte.

#include <span>
#include <string>
#include <string_view>

#include "core/batch_codec.hh"
#include "core/batch_payload.hh"
#include "core/batch_symbols.hh"

namespace titip {

struct PrimedModel {
  SymbolModel model;
  KnownTypes types;
};

// Built once, at the first use.
const PrimedModel& primed_model();

// Of the tool: `events`, without those that would travel raw, as a dictionary.
std::string make_dictionary(std::span<const BatchEvent> events);

// The bytes of schema/dictionary.bin; CMake makes the definition.
extern const std::string_view batch_dictionary;

}  // namespace titip
