//go:build !ci

package window

import "github.com/go-gl/glfw/v3.4/glfw"

// setWaylandAppID sets the app_id of the next window, which Fyne leaves empty.
func setWaylandAppID(id string) { glfw.WindowHintString(glfw.WaylandAppID, id) }

// onWayland reports that Fyne uses Wayland, from its first window on to its end.
func onWayland() bool { return glfw.GetPlatform() == glfw.PlatformWayland }
