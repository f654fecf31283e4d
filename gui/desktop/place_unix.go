//go:build !windows

package desktop

import (
	"io/fs"
	"os"
	"syscall"
)

// noUnixSockets is the error of a system that has none.
const noUnixSockets = syscall.EAFNOSUPPORT

func shortFolder() string { return "/tmp" }

// checkOwner matters in a folder like /tmp, where anybody may have been first.
func checkOwner(info fs.FileInfo) error {
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != os.Geteuid() {
		return errOtherUser
	}
	return nil
}
