// Operators' orders, with the errors that Redis 7.0 answers.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

Result<std::string> carry_out(Core& core, const Order& order);
// Its OK says that something is so from now on, also after a restart. Others only begin something.
bool promises(const Order& order);

// In slot_orders.cc.
Result<std::string> carry_out(Core& core, const AddSlots& order);
Result<std::string> carry_out(Core& core, const DelSlots& order);
Result<std::string> carry_out(Core& core, const FlushSlots& order);
Result<std::string> carry_out(Core& core, const SetSlot& order);

}  // namespace grapevine::gossip
