// A folder that is gone at the end of a test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace grapevine::node::bus {

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "grapevine-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    // A bus may still be writing when its test ends: what vanishes or appears meanwhile is no
    // error.
    ~TemporaryFolder() {
        std::error_code ignored;
        for (int i = 0; i < 3 && std::filesystem::exists(path_, ignored); ++i) {
            std::filesystem::remove_all(path_, ignored);
        }
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

}  // namespace grapevine::node::bus
