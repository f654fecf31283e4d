//go:build !linux || ci

package window

func setWaylandAppID(string) {}

func onWayland() bool { return false }
