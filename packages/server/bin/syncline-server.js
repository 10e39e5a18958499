#!/usr/bin/env node
// The command is a file of its own so that it can be linked before anything is built.
import '../dist/main.js';
