// Package lint holds the project's own checks, as tests: which package may import
// which, a comment on every exported name, and documents that name only files
// that exist.
package lint
