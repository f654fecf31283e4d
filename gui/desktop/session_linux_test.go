package desktop

import "syscall"

func session() int {
	id, _, _ := syscall.RawSyscall(syscall.SYS_GETSID, 0, 0, 0)
	return int(id)
}
