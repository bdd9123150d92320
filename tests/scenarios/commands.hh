#pragma once

// The commands of a story. `command_list` is what --help prints.

#include <string>

#include "tests/scenarios/field.hh"

namespace titip {

// Does what a line says; what is to be shown goes to `tell`. A StoryError: it says nothing known.
void obey(Field& field, const std::string& command, const Field::Tell& tell);
std::string command_list();

}  // namespace titip
