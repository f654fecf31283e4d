package desktop

import "os/exec"

func opener(path string) (*exec.Cmd, error) { return openBy(path, "open") }
