// Package practice is a stand-in Egnyte, to try the app without a key and to
// test it, as net/http/httptest is to net/http.
package practice
