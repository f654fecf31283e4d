//go:build cgo

package window

/*
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *sentence; // NULL while no window is shown

static void tell(void) {
	if (sentence != NULL && write(2, sentence, strlen(sentence)) < 0) {
		return;
	}
}

static void tellAtExit(const char *text) {
	static int registered;
	if (!registered) {
		registered = atexit(tell) == 0;
	}
	sentence = text;
}
*/
import "C"

// ifDisplayIsLost prints the sentence on stderr if the display goes away before done
// is called. Xlib then ends the process with exit code 1 and its own message; only C's
// exit handlers run, and Go's exit runs none of those.
func ifDisplayIsLost(sentence string) (done func()) {
	C.tellAtExit(C.CString("egnyte-accounts: " + sentence + "\n")) // not freed: called once
	return func() { C.tellAtExit(nil) }
}
