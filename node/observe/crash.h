// Dying well: what a fatal signal leaves behind.
#pragma once

namespace grapevine::node::observe {

// From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT call `first` (which closes what peers
// would take for a sign of life), then write a report to the log's target: version, signal, what
// every thread was doing, the stack. Then the signal takes its default course.
//
// `first` may be null and must be async-signal-safe; `version` must live for ever.
void report_crashes(const char* version, void (*first)() noexcept);

// Introduces the calling thread to reports, and lets it report even an overflown stack. `name` must
// live for ever. At most 256 threads are told apart. Once in each thread.
void introduce_thread(const char* name);

// What the calling thread is busy with: a static string such as a command's name, or null.
// Costs one store; without introduce_thread() it does nothing.
void set_activity(const char* activity) noexcept;

}  // namespace grapevine::node::observe
