package desktop

import "context"

// Screen is the size of all monitors together, in pixels; zero is not known.
type Screen struct{ Width, Height int }

// CheckDisplay is FindDisplay for who asks only whether there is one.
func CheckDisplay(ctx context.Context) error {
	_, err := FindDisplay(ctx)
	return err
}
