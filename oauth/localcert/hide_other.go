//go:build !windows

package localcert

import "os/exec"

func hide(*exec.Cmd) {}
