package account

import "syscall"

func mountSmallDisk(dir string) error { return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k") }

func remountReadOnly(dir string) error {
	return syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
}

func unmount(dir string) error { return syscall.Unmount(dir, syscall.MNT_DETACH) }
