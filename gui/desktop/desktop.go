// Package desktop holds what differs per system: one instance per role,
// starting a role, notifications, and whether there is a display, a tray host,
// a browser. No Fyne.
package desktop

// AppID is the ID in FyneApp.toml: the name of the installed desktop entry and icon,
// and the app_id of our windows on Wayland.
const AppID = "io.github.egnyte-accounts.desktop"

// Thing is a part of a desktop that may be missing.
type Thing string

// The things.
const (
	Display       Thing = "display"
	OpenGL        Thing = "opengl"
	SessionBus    Thing = "session bus"
	TrayHost      Thing = "tray host"
	Notifications Thing = "notifications"
)

// MissingError: this desktop lacks a thing. Its text is a sentence or two for
// the person: what is missing, and what still works.
type MissingError struct {
	Thing    Thing
	Sentence string
	Err      error // the technical cause; may be nil
}

func (e *MissingError) Error() string { return e.Sentence }
func (e *MissingError) Unwrap() error { return e.Err }
